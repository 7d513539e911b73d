import { IF_IT_MAY } from "../reach/aws/chain/chains";
import { IF_UNREAD } from "../reach/aws/role-access";

/** Whether a way is open only if what nobody can read here lets it be */
export function isAssumed({ name }: { readonly name: string }): boolean {
  return name.endsWith(IF_UNREAD) || name.includes(IF_IT_MAY);
}
