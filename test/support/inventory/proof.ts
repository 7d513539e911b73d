import { join } from "node:path";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { liveFolder } from "./live-folder";
import { liveWorld, type Printed } from "./live-world";
import { answersAbout, copiedFiles, DAYS, type ProvenTrail } from "./proven-trail";

/** A test file's own `ambit inventory --live --trail`, of copies of trails */
export function proofWorld(name: string) {
  const { folder, dir, published } = liveFolder(name);
  let count = 0;
  const copied = (of: ProvenTrail): string => {
    const place = `trail-${count++}`;
    for (const [path, content] of copiedFiles(of)) folder.put(`${place}/${path}`, content);
    return join(folder.path, place);
  };
  const compared = async (of: ProvenTrail, change: Printed = {}, place = copied(of)) => {
    const world = liveWorld({ dir, published }, answersAbout(of, change));
    const args = ["--trail", place, "--unused-days", String(DAYS)];
    const { code, stdout, stderr } = await world.live("--json", ...published, ...args);
    const found = JSON.parse(stdout) as Comparison;
    const byTrail = found.narrowings.flatMap(({ unused }) => unused).filter(({ by }) => by === "trail");
    return {
      code,
      stderr,
      ran: world.ran,
      found,
      unused: byTrail.map(({ data, access }) => `${data}:${access}`),
      /** Why nothing is told of triage's articles */
      why: found.unknown.find(({ agent, data }) => agent === "support-triage" && data === "articles")?.because ?? "",
    };
  };
  return { compared, copied };
}
