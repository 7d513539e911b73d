import type { Layer } from "../../../iam/access/access";
import type { AwsLayer } from "../../../review/reach/aws/layer";
import { type AwsPath, ITS_ROLE, pathKey, type Way } from "../../../review/reach/aws/way";

/** A path by the policies of a role */
export function awsPath(layers: readonly Layer[], way: Way = ITS_ROLE): AwsPath {
  const path = { way, kind: "rights", ifUnread: false, layers: layers as readonly AwsLayer[] } as const;
  return { name: pathKey(path), ...path };
}
