import { containerHere } from "../../cluster/images";
import type { AgentCode, Rendered } from "../../cluster/agent/code";
import { AUTHORITY_FILE, AUTHORITY_MOUNT, AUTHORITY_VOLUME, authorityMap } from "../../cluster/aws/control-pods";
import { storyAgentImage } from "./image";

/** An unmodified web framework with the SDKs of others, which trusts the stand-in for AWS as it would trust AWS */
export function storyAgent(authority: string): AgentCode {
  return {
    said: "a web server in FastAPI, in Python,",
    image: storyAgentImage,
    container: (rendered: Rendered) => {
      const { env, volumeMounts } = rendered as Rendered & Record<"env" | "volumeMounts", readonly object[]>;
      return {
        ...containerHere("story-agent", rendered),
        env: [...env, { name: "AWS_CA_BUNDLE", value: AUTHORITY_FILE }],
        volumeMounts: [...volumeMounts, AUTHORITY_MOUNT],
      };
    },
    volumes: [AUTHORITY_VOLUME],
    objects: [authorityMap(authority, "support")],
  };
}
