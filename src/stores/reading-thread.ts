import { parentPort } from 'node:worker_threads'
import { readSectionOf } from './mbox/section.js'
import { THIS_THREAD } from './readers.js'
import { factsText, fileText, type ReadingTask, sectionText } from './reading-task.js'

/** What runs in each thread of `ThreadReaders`: takes a task, answers with its text. */
parentPort?.on('message', async (task: ReadingTask) => parentPort?.postMessage(await answer(task)))

async function answer(task: ReadingTask): Promise<string> {
  if (task.kind === 'files') return JSON.stringify((await THIS_THREAD.readFiles(task.requests)).map(fileText))
  if (task.kind === 'section') return JSON.stringify(sectionText(readSectionOf(task)))
  const octets = Buffer.from(task.octets)
  const reading = THIS_THREAD.readMessages()
  let start = 0
  for (const end of task.ends) {
    reading.add(octets.subarray(start, end))
    start = end
  }
  return JSON.stringify((await reading.finish()).map(factsText))
}
