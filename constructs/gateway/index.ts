export { GatewayRole, type GatewayRoleProps } from "./gateway-role";
export { type GatewayUsers } from "./gateway-users";
export { type GatewayOpa, ToolGateway, type ToolGatewayProps } from "./tool-gateway";
