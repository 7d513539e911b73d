import type { Caller } from "../../identity/caller";
import type { Form } from "../../token/token-answer";
import { readForm } from "./body";
import type { ClientAuthentication, Connection } from "./parts";

/**
 * A form and its sender. Unauthenticated clients learn only that: errors in the body are reported to authenticated
 * clients.
 *
 * @throws Refusal
 */
export async function authenticatedForm(
  clients: ClientAuthentication,
  request: Request,
  connection: Connection,
): Promise<{ readonly form: Form; readonly caller: Caller }> {
  let form: Form | undefined;
  let problem: unknown;
  try {
    form = await readForm(request);
  } catch (error) {
    problem = error;
  }
  const caller = await clients.client(request, connection, form);
  if (form === undefined) throw problem;
  return { form, caller };
}
