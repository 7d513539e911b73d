import type { FleetTool } from "../../registry/registry";
import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import { bodyOf } from "./body";
import { refuseOverrides } from "./headers";
import { HttpActions, type RecognisedCall } from "./http-actions";
import { targetOf } from "./target";

/** Finds which declared action a request is. What could be read as another one is refused. */
export class Recogniser {
  private readonly actions = new WeakMap<FleetTool, HttpActions>();

  /** @throws Denial */
  public recognise(
    tool: FleetTool,
    { method, path, headers, body }: GatewayRequest,
    isGranted: (action: string) => boolean,
  ): RecognisedCall {
    if (tool.kind !== "http")
      throw Denial.of("gateway.route", `the gateway does not serve the ${tool.kind} ${tool.name}`);
    refuseOverrides(headers);
    const target = targetOf(withoutPrefix(path, tool.name));
    return this.actionsOf(tool).recognise({ method, target, body: bodyOf(headers, body) }, isGranted);
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
