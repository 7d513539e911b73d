import { setFlagsFromString } from "node:v8";

// Where V8 has inlined a call into WebAssembly, and the caller loses its optimization during that call, it may end the process:
// seen with Node 20.20 under load, "unreachable code" in Deoptimizer::DoComputeBuiltinContinuation.
setFlagsFromString("--no-turbo-inline-js-wasm-calls");

export {
  type DetailedError,
  type Expr,
  type PolicyJson,
  policyToJson,
  preparsePolicySet,
  schemaToJsonWithResolvedTypes,
  statefulIsAuthorized,
  validate,
} from "@cedar-policy/cedar-wasm/nodejs";
