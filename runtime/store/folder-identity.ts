import { createHash, randomUUID } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const FILE = "AMBIT-STORE";

/**
 * Names a folder so that a copy has another name: by a random id in a file, and by which file it is and when it was put
 * there, which a copy cannot keep.
 */
export async function folderIdentity(folder: string): Promise<string> {
  const path = join(folder, FILE);
  await create(path);
  const [id, { ino, ctimeNs }] = await Promise.all([readFile(path, "utf8"), stat(path, { bigint: true })]);
  const digest = createHash("sha256")
    .update(JSON.stringify([id, `${ino}`, `${ctimeNs}`]))
    .digest("hex");
  return `folder:${digest}`;
}

/** An empty file is one whose making was cut short; it never gave a name. */
async function create(path: string): Promise<void> {
  const file = await open(path, "a");
  try {
    if ((await file.stat()).size > 0) return;
    await file.write(randomUUID());
    await file.sync();
  } finally {
    await file.close();
  }
}
