export { EXCHANGE_SERVICE_ACCOUNT, ExchangeRole, type ExchangeRoleProps } from "./exchange-role";
export { ExchangeTables, type ExchangeTablesProps } from "./exchange-tables";
