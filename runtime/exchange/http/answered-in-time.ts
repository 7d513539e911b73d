import { inTime } from "../../in-time";
import { type Log, told } from "../log";
import { refusalOf } from "../refusal-of";
import { refused } from "./answer";

/** The answer, or after so many milliseconds a refusal. What comes later is dropped. */
export async function answeredInTime(answer: Promise<Response>, milliseconds: number, log: Log): Promise<Response> {
  const late = new Error(`no answer within ${milliseconds} ms`);
  try {
    return await inTime(answer, milliseconds, () => late);
  } catch (error) {
    if (error !== late) throw error;
    log("request.late", { because: told(late) });
    return refused(refusalOf(late));
  }
}
