export type { ApproverPage } from "./approver-page";
export type { Connections } from "./private/connections";
export type { TokenKey } from "./private/exchange-config";
export type { MutualTls } from "./private/function-checks";
export { type ExchangePlace, ExchangeRole, type ExchangeRoleProps } from "./exchange-role";
export { ExchangeTables, type ExchangeTablesProps } from "./exchange-tables";
export type { SilenceAlarm } from "./silence-alarm";
export { TokenExchange, type TokenExchangeProps } from "./token-exchange";
export { TokenExchangeFunction, type TokenExchangeFunctionProps } from "./token-exchange-function";
