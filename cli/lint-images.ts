import { readFileSync } from "node:fs";
import { isRecord } from "../domain/is-record";
import { isWithin } from "./is-within";
import { CliError } from "./program";

/** As the platform asks for its images */
const PINNED = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * The platform's images by name, of a file that the one who runs the lint vouches for
 *
 * @throws CliError for a file that lies in the folder, cannot be read, or has an image without a digest
 */
export function lintImages(file: string, folder: string): Readonly<Record<string, string>> {
  const images = objectIn(file);
  // After it was read, so that a missing file is told as such.
  if (isWithin(folder, file)) {
    throw new CliError(
      `${file} lies in ${folder}, so that what is judged would say which images are good: name one elsewhere`,
    );
  }
  for (const [name, image] of Object.entries(images)) {
    if (typeof image === "string" && PINNED.test(image)) continue;
    const fix = "write name@sha256: and 64 hex digits";
    throw new CliError(`${file}: ${name} must be an image by its digest, got ${JSON.stringify(image)}: ${fix}`);
  }
  return images as Readonly<Record<string, string>>;
}

function objectIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const images = JSON.parse(readFileSync(file, "utf8")) as unknown;
    if (isRecord(images)) return images;
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`);
  }
  throw new CliError(`${file} must be an object of images by name, such as {"spire-agent":"…@sha256:…"}`);
}
