import type { Rule } from "../rule";
import { unversionedResource } from "./kubernetes/unversioned-resource";

export const KUBERNETES_RULES: readonly Rule[] = [unversionedResource];
