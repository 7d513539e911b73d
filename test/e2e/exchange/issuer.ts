import { facts } from "../../../fleet/platform";

export const EXCHANGE_HOST = `exchange.${facts.trustDomain}`;
export const ISSUER = `https://${EXCHANGE_HOST}`;
