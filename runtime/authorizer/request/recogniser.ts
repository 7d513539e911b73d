import type { FleetTool } from "../../registry/registry";
import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import { ModelActions } from "../models/model-actions";
import { checkModelHeaders } from "../models/model-headers";
import { bodyOf } from "./body";
import { refuseOverrides } from "./headers";
import { HttpActions, type RecognisedCall } from "./http-actions";
import { targetOf } from "./target";

/** Finds which declared action a request is. What could be read as another one is refused. */
export class Recogniser {
  private readonly actions = new WeakMap<FleetTool, HttpActions>();
  private readonly models = new WeakMap<FleetTool, ModelActions>();

  /** @throws Denial */
  public recognise(
    tool: FleetTool,
    { method, path, headers, body }: GatewayRequest,
    isGranted: (action: string) => boolean,
  ): RecognisedCall {
    if (tool.kind === "mcp") throw Denial.of("gateway.route", `the gateway does not serve the mcp ${tool.name}`);
    refuseOverrides(headers);
    const below = withoutPrefix(path, tool.name);
    if (tool.kind === "model") {
      checkModelHeaders(headers);
      const request = { method, target: below, body: bodyOf(headers, body), bytes: body };
      return this.modelsOf(tool).recognise(request, isGranted);
    }
    const target = targetOf(below);
    return this.actionsOf(tool).recognise({ method, target, body: bodyOf(headers, body) }, isGranted);
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
