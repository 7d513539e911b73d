import type { Rule } from "../rule";
import { chartVersion } from "./images/chart-version";
import { imageDigest } from "./images/image-digest";

export const IMAGE_RULES: readonly Rule[] = [chartVersion, imageDigest];
