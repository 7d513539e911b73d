export { GatewayRole, type GatewayRoleProps } from "./gateway-role";
export { type GatewayOpa, ToolGateway, type ToolGatewayProps } from "./tool-gateway";
