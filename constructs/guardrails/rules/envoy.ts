import type { Rule } from "../rule";
import { bypass } from "./envoy/bypass";
import { failOpen } from "./envoy/fail-open";
import { mcpFilter } from "./envoy/mcp-filter";
import { openAdmin } from "./envoy/open-admin";
import { partialBody } from "./envoy/partial-body";
import { rawPath } from "./envoy/raw-path";
import { unverifiedClient } from "./envoy/unverified-client";
import { unverifiedServer } from "./envoy/unverified-server";

export const ENVOY_RULES: readonly Rule[] = [
  bypass,
  failOpen,
  mcpFilter,
  openAdmin,
  partialBody,
  rawPath,
  unverifiedClient,
  unverifiedServer,
];
