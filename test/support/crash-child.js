// One sync in a process of its own, which kills itself without a warning at one of the points that it passes: before and after
// each call that prepares, carries out or settles work on the slave or makes a folder there, and between messages that it reads.
import { writeSync } from 'node:fs'

const { dist, root, mode, dieAt, folders = null, ...given } = JSON.parse(process.argv[2])
const load = (path) => import(`${dist}/${path}.js`)
const [{ imapAccount }, { openStore }, { openWritableStore }, { openRuns }] = await Promise.all([
  load('stores/imap/account'),
  load('stores/drivers'),
  load('stores/writable-drivers'),
  load('apply/runs'),
])
const [{ settleUnfinished }, { applyPlan }] = await Promise.all([load('apply/settle'), load('apply/apply')])
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
const note = () => {}

/** A store as it was given; an account is told by port and user. */
function specOf({ name, type, ...place }) {
  if (type !== 'imap') return { name, type, ...place }
  const authentication = { kind: 'password', password: async () => 'secret', method: null, authzid: null }
  const account = imapAccount({ name, host: '127.0.0.1', security: 'none', authentication, ...place })
  return { name, type, account, note, signal }
}

/** Has a folder renamed and one subscribed to as well, as long as they are not; what else is to be done is done. */
async function addFolderSteps(spool, store) {
  const names = new Set((await store.list()).folders.map(({ name }) => name))
  const subscribed = new Set(await store.subscriptions())
  const { rename, subscribe } = folders
  const at = (folder) => ({ store: store.spec.name, folder })
  const isOpen = names.has(rename.from) && !names.has(rename.to)
  const isAboutIt = (step) => [rename.from, rename.to].some((name) => JSON.stringify(step).includes(`"${name}"`))
  const whole = new StepSpool()
  const left = [...spool.steps()].filter((step) => !isOpen || !isAboutIt(step))
  const why = 'wanted'
  const drafts = [
    ...(isOpen ? [{ op: 'renameFolder', why, at: at(rename.from), to: rename.to }] : []),
    ...(subscribed.has(subscribe) ? [] : [{ op: 'subscribe', why, at: at(subscribe), subscribed: true }]),
    ...left.map(({ id, ...draft }) => draft),
  ]
  for (const [nth, draft] of drafts.entries()) whole.add(draft, nth)
  return whole
}

const [master, slave] = [specOf(given.master), specOf(given.slave)]
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
const whole = folders === null ? spool : await addFolderSteps(spool, to)
const steps = [...whole.steps()].map(({ op }) => op)
const stores = [
  { name: from.spec.name, type: from.spec.type, role: 'source', open: '', identity: from.identity },
  { name: to.spec.name, type: to.spec.type, role: 'target', open: '', identity: to.identity },
]
const header = { mbaudit: 'plan', version: 1, made: '', command: 'sync', options: {}, stores, compared: {}, notes: [] }
const run = await runs.create(whole.toPlan(header), Date.now())
const { failures, ...result } = await applyPlan({
  run,
  stores: [
    { name: from.spec.name, store: from, scanned: scannedFrom, open: null },
    { name: to.spec.name, store: to, scanned: scannedTo, open: openSlave },
  ],
  jobs: 2,
  signal,
  onProgress: () => {},
  note,
  now: Date.now,
})
writeSync(1, JSON.stringify({ points, steps, result, failures: [...failures] }))
for (const store of [from, to]) await store[Symbol.asyncDispose]()
