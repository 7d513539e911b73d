import type { FleetTool } from "../../registry/registry";
import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import type { McpCaller } from "../mcp/asked";
import type { McpMessages } from "../mcp/mcp-messages";
import { ModelActions } from "../models/model-actions";
import { checkModelHeaders } from "../models/model-headers";
import { bodyOf, bodyOfHttp, checkNoPush } from "./body";
import { refuseOverrides } from "./headers";
import { HttpActions } from "./http-actions";
import type { RecognisedCall } from "./recognised-call";
import { targetOf } from "./target";

/** Finds which declared action a request is. What could be read as another one is refused. */
export class Recogniser {
  private readonly actions = new WeakMap<FleetTool, HttpActions>();
  private readonly models = new WeakMap<FleetTool, ModelActions>();

  constructor(private readonly mcp: McpMessages) {}

  /** @throws Denial */
  public recognise(tool: FleetTool, request: GatewayRequest, caller: McpCaller): RecognisedCall {
    if (tool.kind === "mcp") return this.mcp.recognise(tool, request, caller);
    const { method, path, headers, body } = request;
    refuseOverrides(headers);
    const below = withoutPrefix(path, tool.name);
    if (tool.kind === "model") {
      checkModelHeaders(headers);
      const asked = { method, target: below, body: bodyOf(headers, body), bytes: body };
      return this.modelsOf(tool).recognise(asked, caller.isGranted);
    }
    // The compiler stops a protocol that is added from being read as HTTP.
    tool.kind satisfies "http";
    const target = targetOf(below);
    const read = bodyOfHttp(headers, body);
    const call = this.actionsOf(tool).recognise({ method, target, body: read }, caller.isGranted);
    if (tool.pushed?.has(call.action) !== true && read !== undefined) checkNoPush(headers);
    return call;
  }

  private modelsOf(tool: FleetTool): ModelActions {
    const models = this.models.get(tool) ?? new ModelActions(tool.actions);
    this.models.set(tool, models);
    return models;
  }

  private actionsOf(tool: FleetTool): HttpActions {
    const actions = this.actions.get(tool) ?? new HttpActions(tool.actions);
    this.actions.set(tool, actions);
    return actions;
  }
}

/** The route says which tool it is, and the path must say the same, byte for byte. */
function withoutPrefix(path: string, tool: string): string {
  const prefix = `/tools/${tool}`;
  if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length);
  throw Denial.of("gateway.route", `the path must begin with ${prefix}/`);
}
