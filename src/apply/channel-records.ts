import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDirectory, writePrivateFile } from './private-files.js'

/**
 * How a sync of a channel ended. `nothing`: both were alike; `partly`: some steps were not done; `refused`: by a safety limit;
 * `failed`: an error ended it.
 */
export const CHANNEL_ENDS = ['nothing', 'done', 'partly', 'interrupted', 'declined', 'refused', 'failed'] as const
export type ChannelEnd = (typeof CHANNEL_ENDS)[number]

/** What is remembered of the last sync of a channel, for people alone: no sync looks at it. */
export interface ChannelRecord {
  readonly channel: string
  /** When it was last tried; RFC 3339, UTC. */
  readonly tried: string
  readonly end: ChannelEnd
  /** When it last ended with nothing left to do; null: never. */
  readonly succeeded: string | null
  /** The run, where there was something to do. */
  readonly run: string | null
  /** Steps that were planned and not done. */
  readonly pending: number
  /** What only a person can decide. */
  readonly questions: number
  /** What went wrong, in a sentence; empty: nothing. */
  readonly message: string
}

/** The records of channels, in the state directory. Whoever deletes them loses what `channels` shows. */
export class ChannelRecords {
  readonly #directory: string

  constructor(state: string) {
    this.#directory = join(state, 'channels')
  }

  /** null: there is none, or it cannot be read. */
  read(channel: string): ChannelRecord | null {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#fileOf(channel), 'utf8'))
      return isRecord(value) && value.channel === channel ? value : null
    } catch {
      return null
    }
  }

  /** Keeps when the channel last succeeded, unless it does so now. */
  write(record: Omit<ChannelRecord, 'succeeded'>): void {
    const succeeded = isSuccess(record.end) ? record.tried : (this.read(record.channel)?.succeeded ?? null)
    makePrivateDirectory(this.#directory)
    const whole: ChannelRecord = { ...record, succeeded }
    writePrivateFile(this.#fileOf(record.channel), [`${JSON.stringify(whole)}\n`])
  }

  #fileOf(channel: string): string {
    return join(this.#directory, `${channelFileName(channel)}.json`)
  }
}

const isSuccess = (end: ChannelEnd): boolean => end === 'nothing' || end === 'done'

/** A name for files of a channel: as much of its own as any file system takes, and a digest that tells it from all others. */
export function channelFileName(channel: string): string {
  const plain = channel.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `${plain.slice(0, 40)}-${createHash('sha256').update(channel).digest('hex').slice(0, 8)}`
}

function isRecord(value: unknown): value is ChannelRecord {
  if (typeof value !== 'object' || value === null) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const isText = (key: string): boolean => typeof fields[key] === 'string'
  const isTextOrNull = (key: string): boolean => fields[key] === null || isText(key)
  return (
    ['channel', 'tried', 'message'].every(isText) &&
    ['succeeded', 'run'].every(isTextOrNull) &&
    ['pending', 'questions'].every((key) => Number.isInteger(fields[key])) &&
    CHANNEL_ENDS.some((end) => end === fields.end)
  )
}
