import { tarGz, untarGz } from "../policies/bundle";
import { sameFiles, signBundle, type SignedBundle, verifyBundle } from "../policies/signature";
import type { Io } from "./program";
import { type Measured, measured, publish, type Publishable, type PublishRequest, type PublishResult } from "./publish";

export interface SignRequest extends PublishRequest {
  /** The unsigned bundle, as synth wrote it */
  readonly unsigned: Uint8Array;
}

export interface SignResult extends PublishResult {
  readonly files: number;
  readonly unsigned: Measured;
}

/** Sign the bundle that synth wrote with the revision after the last one, and put it in the place of the last. */
export async function sign(request: SignRequest, io: Io): Promise<SignResult> {
  const { unsigned } = request;
  const files = untarGz(unsigned);
  const bundle: Publishable<SignedBundle> = {
    noun: "bundle",
    sign: async (options) => tarGz(await signBundle(files, options)),
    verify: async (bytes, options) => verifyBundle(untarGz(bytes), options),
    isSame: (last) => sameFiles(files, last.files),
  };
  const { result, target, from, ...published } = await publish(bundle, request, io);
  return { result, target, from, files: files.size, unsigned: measured(unsigned), ...published };
}
