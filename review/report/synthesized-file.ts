/** What synth writes the registry to */
const REGISTRY = "ambit/registry.json";

/**
 * The file in head that an address is from: that of its stack, or of the registry.
 *
 * An address begins with the name of its stack, or with `registry`. Where the files are not known, as synth lays them out.
 */
export function synthesizedFile(address: string, files: Iterable<string> = []): string {
  const [stack = ""] = address.split("/", 1);
  if (stack === "registry") return REGISTRY;
  const usual = `stacks/${stack}/cdk.tf.json`;
  const all = new Set(files);
  if (all.has(usual)) return usual;
  const inFolder = [...all].filter((file) => file.endsWith(".tf.json") && folderOf(file) === stack).sort();
  return inFolder[0] ?? usual;
}

/** Of a file that lies in no folder, as addresses call it */
function folderOf(file: string): string {
  return file.split("/").slice(0, -1).pop() ?? "root";
}
