import { refuse, shown } from "../../../domain";
import type { Platform } from "../../platform/platform";
import type { SpireServerProps, SpireServerSize } from "../spire-server-props";
import { serverSize } from "./sizing";

/** @throws DeclarationError `spire.malformed`, `spire.unsafe`, `spire.too-large` */
export function sizeOf(props: SpireServerProps, workloads: number, platform: Platform, where: string): SpireServerSize {
  const size = props.size ?? serverSize(workloads, platform.cluster.nodes, where);
  if (!Number.isInteger(size.replicas) || size.replicas < 1) {
    refuse("spire.malformed", where, `size.replicas must be a whole number above zero, got ${shown(size.replicas)}`);
  }
  if (props.database === "sqlite" && size.replicas > 1) {
    const sentence = `size.replicas must be 1 with "sqlite", got ${size.replicas}, because each would have a file of its own`;
    refuse("spire.unsafe", where, `${sentence}: name a database`);
  }
  return size;
}

/** What cannot be used together. */
export function checkTogether(props: SpireServerProps, where: string): void {
  if (props.database !== "sqlite" && props.role === undefined) {
    const sentence = "role must be given with a database: servers get its token, and their keys from KMS, through it";
    refuse("spire.malformed", where, `${sentence}: write role: new SpireServerRole(…)`);
  }
  const names = (props.publishers ?? []).map(({ plugin }) => plugin.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    refuse("spire.malformed", where, `publishers must name ${twice} at most once: SPIRE loads a plugin once`);
  }
  const inAws = [...names, ...(props.upstreamAuthority?.certificateAuthorityArn === undefined ? [] : ["aws_pca"])];
  if (props.role === undefined && inAws.length > 0) {
    const sentence = `role must be given with ${inAws.join(" and ")}, which the servers reach through it`;
    refuse("spire.malformed", where, `${sentence}: write role: new SpireServerRole(…)`);
  }
  const publisher = props.publishers?.find(({ needsUpstreamAuthority }) => needsUpstreamAuthority);
  if (publisher !== undefined && props.upstreamAuthority === undefined) {
    const sentence = `publishers has ${publisher.plugin.name}, which holds two CAs, and every server would have its own`;
    refuse("spire.malformed", where, `${sentence}: name an upstreamAuthority`);
  }
}
