import { refuse } from "../../domain";
import { checkSize, type PolicyDocument } from "../../iam";

/** @throws DeclarationError `too-large` */
export function withinSize(where: string, what: string, document: PolicyDocument, limit: number, advice: string): void {
  try {
    checkSize(what, document, limit, advice);
  } catch (error) {
    refuse("too-large", where, (error as Error).message);
  }
}
