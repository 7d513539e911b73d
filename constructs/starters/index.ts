export { EventStarter, type EventStarterProps } from "./event-starter";
export type { StarterFunctionProps } from "./private/starter-function";
export { ScheduleStarter, type ScheduleStarterProps } from "./schedule-starter";
export { StarterIdentity, type StarterIdentityProps } from "./starter-identity";
