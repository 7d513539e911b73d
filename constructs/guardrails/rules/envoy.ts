import type { Rule } from "../rule";
import { failOpen } from "./envoy/fail-open";
import { mcpFilter } from "./envoy/mcp-filter";
import { openAdmin } from "./envoy/open-admin";
import { partialBody } from "./envoy/partial-body";
import { rawPath } from "./envoy/raw-path";
import { unverifiedClient } from "./envoy/unverified-client";

export const ENVOY_RULES: readonly Rule[] = [failOpen, mcpFilter, openAdmin, partialBody, rawPath, unverifiedClient];
