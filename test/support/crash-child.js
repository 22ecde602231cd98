// One sync in a process of its own, which kills itself without a warning at one of the points that it passes: before and after
// each call that prepares, carries out or settles work on the slave or makes a folder there, and between messages that it reads.
import { writeSync } from 'node:fs'

const { dist, root, master, slave, mode, dieAt } = JSON.parse(process.argv[2])
const load = (path) => import(`${dist}/${path}.js`)
const [{ openStore }, { openWritableStore }, { openRuns }, { settleUnfinished }, { applyPlan }] = await Promise.all([
  load('stores/drivers'),
  load('stores/writable-drivers'),
  load('apply/runs'),
  load('apply/settle'),
  load('apply/apply'),
])
const [{ scanStore }, { compareStores }, { COMPARE_ALL }, { planOneWay }, { StepSpool }] = await Promise.all([
  load('index/scan'),
  load('audit/compare/compare-stores'),
  load('audit/compare/comparison'),
  load('plan/one-way'),
  load('plan/step-spool'),
])

let points = 0
function point() {
  points++
  if (points !== dieAt) return
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}

const CHANGING = ['prepare', 'carryOut', 'settle', 'createFolder', 'renameFolder', 'deleteEmptyFolder', 'subscribe']

/** Passes everything on, with a point before and after each change and each message that is read. */
function watched(made) {
  return new Proxy(made, {
    get(target, name) {
      const value = target[name]
      if (typeof value !== 'function') return value
      if (name === 'openForWriting') return async (folder) => watched(await target.openForWriting(folder))
      if (name === 'read') {
        return async function* (locators) {
          for await (const copy of target.read(locators)) {
            yield copy
            point()
          }
        }
      }
      if (!CHANGING.includes(name)) return value.bind(target)
      return async (...given) => {
        point()
        const answer = await value.apply(target, given)
        point()
        return answer
      }
    },
  })
}

const signal = new AbortController().signal
const options = {
  cacheDirectory: null,
  rebuild: false,
  wanted: () => true,
  keepSubjects: true,
  onProgress: () => {},
  now: () => 0,
  signal,
}
const runs = openRuns({ state: `${root}/state`, data: `${root}/data` })
const openSlave = async () => watched(await openWritableStore(slave, false))
const target = await openSlave()
await settleUnfinished(runs, target, () => {}, Date.now)
await target[Symbol.asyncDispose]()
const from = await openStore(master)
const to = await openStore(slave)
const scannedFrom = await scanStore(from, options)
const scannedTo = await scanStore(to, options)
const comparison = await compareStores(scannedFrom.index, scannedTo.index, COMPARE_ALL)
const spool = new StepSpool()
const plan = { mode, copies: 'one', deleteFolders: true, masterKeeps: () => true, whyNoFlag: () => '' }
planOneWay(comparison, { master: scannedFrom.index, slave: scannedTo.index }, plan, spool)
const stores = [
  { name: from.spec.name, type: from.spec.type, role: 'source', open: '', identity: from.identity },
  { name: to.spec.name, type: to.spec.type, role: 'target', open: '', identity: to.identity },
]
const header = { mbaudit: 'plan', version: 1, made: '', command: 'sync', options: {}, stores, compared: {}, notes: [] }
const run = await runs.create(spool.toPlan(header), Date.now())
const { failures, ...result } = await applyPlan({
  run,
  stores: [
    { name: from.spec.name, store: from, scanned: scannedFrom, open: null },
    { name: to.spec.name, store: to, scanned: scannedTo, open: openSlave },
  ],
  jobs: 2,
  signal,
  onProgress: () => {},
  note: () => {},
  now: Date.now,
})
writeSync(1, JSON.stringify({ points, result, failures: [...failures] }))
