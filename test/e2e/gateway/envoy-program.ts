import { join } from "node:path";
import { succeed } from "../harness/process";
import { pythonWith } from "../harness/python";

const FOLDER = join(__dirname, "../engines/envoy");
const WHERE = "import envoy, os; print(os.path.join(os.path.dirname(envoy.__file__), '_bin', 'envoy'))";

/** The released program of Envoy, as a package of PyPI holds it */
export async function envoyProgram(): Promise<string> {
  const python = await pythonWith("envoy", FOLDER);
  return (await succeed(python, ["-c", WHERE])).stdout.trim();
}
