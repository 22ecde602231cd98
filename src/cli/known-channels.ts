import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import type { ChannelRecord } from '../apply/channel-records.js'
import type { Config } from '../config/config.js'
import { stateDirectory } from '../config/paths.js'
import { stateFileOf } from '../index/sync-state-file.js'
import { type ChannelRow, type ChannelState, type ChannelsSummary, isWell } from '../report/channels-report.js'
import { type Channel, chooseChannels } from './channel-choice.js'
import { channelRecords } from './channel-recorder.js'

/** The channels that are named, and how they stand as far as is known without looking at their stores. */
export function listChannels(names: readonly string[], config: Config, now: number) {
  const records = channelRecords()
  const channels = names.length === 0 && config.channels.size === 0 ? [] : chooseChannels(names, config)
  const rows = channels.map((channel) => rowOf(channel, config, records.read(channel.name), now))
  const summary: ChannelsSummary = {
    channels: rows.length,
    unwell: rows.filter((row) => !isWell(row)).length,
    pending: rows.reduce((sum, { pending }) => sum + (pending ?? 0), 0),
    stateLost: rows.filter(({ state }) => state === 'lost').length,
  }
  return { summary, rows: () => rows }
}

function rowOf(channel: Channel, config: Config, record: ChannelRecord | null, now: number): ChannelRow {
  const { name, stores } = channel
  const succeeded = record?.succeeded ?? null
  return {
    channel: name,
    mode: channel.config.mode,
    stores,
    groups: [...config.groups].flatMap(([group, names]) => (names.includes(name) ? [group] : [])),
    tried: record?.tried ?? null,
    end: record?.end ?? null,
    succeeded,
    age: succeeded === null ? null : Math.max(0, Math.round((now - Date.parse(succeeded)) / 1000)),
    run: record?.run ?? null,
    pending: record?.pending ?? null,
    questions: record?.questions ?? null,
    state: stateOf(channel, record),
    message: record?.message ?? '',
  }
}

function stateOf({ name, config }: Channel, record: ChannelRecord | null): ChannelState {
  if (config.mode !== 'two-way') return null
  if (existsSync(stateFileOf(stateDirectory(process.env, homedir()), name))) return 'kept'
  return record === null || record.succeeded === null ? 'new' : 'lost'
}
