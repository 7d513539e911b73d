import { Fleet } from "../../../constructs";

type Anything = ReturnType<typeof Fleet.of>["members"][number];

const nothing = {} as Anything;

export const fleet = Fleet.of(nothing); // here
