export { GatewayRole, type GatewayRoleProps } from "./gateway-role";
export { ToolGateway, type ToolGatewayProps } from "./tool-gateway";
