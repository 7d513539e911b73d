import { join } from "node:path";
import { goPrograms } from "../harness/go-program";

/** Path of OPA's binary, as go.mod pins it */
export async function opaProgram(): Promise<string> {
  const { opa } = await goPrograms({
    name: "opa",
    module: join(__dirname, "..", "engines", "opa"),
    packages: { opa: "github.com/open-policy-agent/opa" },
  });
  return opa;
}
