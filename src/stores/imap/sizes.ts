import type { FolderName, ImapStoreSpec } from '../store.js'
import { isCounted, type SizeSum } from '../store-sizes.js'
import { listFolders } from './folders.js'
import { openSession } from './session.js'

/** Adds up what a server says of the sizes of an account's messages. No message is read. */
export async function addAccountSizes(
  { account, note, signal }: ImapStoreSpec,
  wanted: (folder: FolderName) => boolean,
  sum: SizeSum,
): Promise<void> {
  await using session = await openSession({ ...account, jobs: 1 }, { note, signal })
  for (const folder of (await listFolders(session)).folders) {
    if (!isCounted(folder, wanted)) continue
    sum.addFolder(folder.name)
    const sizes = await session.inFolder(folder.path, async (client, { exists }) => {
      const found: number[] = []
      if (exists > 0) for await (const { size } of client.fetch('1:*', { size: true })) found.push(size ?? 0)
      return found
    })
    for (const size of sizes) sum.add(folder.name, size)
  }
}
