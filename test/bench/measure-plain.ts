import { synthesizePlain } from "./plain";
import { measured } from "./measured";

measured(synthesizePlain);
