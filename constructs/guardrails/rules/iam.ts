import type { Rule } from "../rule";
import { actionWildcard } from "./iam/action-wildcard";

export const IAM_RULES: readonly Rule[] = [actionWildcard];
