import type { Rule } from "../rule";
import { admin } from "./spire/admin";
import { insecureBootstrap } from "./spire/insecure-bootstrap";
import { joinToken } from "./spire/join-token";
import { keyManager } from "./spire/key-manager";
import { lifetime } from "./spire/lifetime";
import { sharedTemplate } from "./spire/shared-template";
import { unverified } from "./spire/unverified";

export const SPIRE_RULES: readonly Rule[] = [
  admin,
  insecureBootstrap,
  joinToken,
  keyManager,
  lifetime,
  sharedTemplate,
  unverified,
];
