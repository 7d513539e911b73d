import { synthesizeAmbit } from "./ambit";
import { measured } from "./measured";

measured(synthesizeAmbit);
