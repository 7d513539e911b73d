import { HOST } from "./tools";

type Name = string;

export const NAME: Name = HOST.split(".")[0] as Name; // here
