import { programFiles } from "../../../../images/oci/libraries";
import { collectorProgram } from "../../monitoring/collector-program";
import { type BuiltImage, programImage } from "../images";

/** OpenTelemetry's collector with the parts that our configuration names, where the contrib distribution has its own */
export async function collectorImage(folder: string): Promise<BuiltImage> {
  return programImage(folder, "collector", programFiles(await collectorProgram(), "/otelcol-contrib"));
}
