import { DefaultTokenResolver, type IResolveContext, Lazy, StringConcat, Tokenization } from "cdktf";
import type { Construct } from "constructs";

const kept: IResolveContext[] = [];

/**
 * Keeps the shape that V8 gives to the options with which cdktf resolves, which it copies for each value.
 *
 * V8 keeps a bounded number of shapes for objects that begin with different names, and so many resources use them up. A shape that
 * it has forgotten by then is made anew for each copy: cdktf alone took three times as long for 10,000 agents.
 */
export function keepShape(scope: Construct): void {
  const innermost = Lazy.stringValue({ produce: (context) => `${kept.push(context)}` });
  const options = { scope, resolver: new DefaultTokenResolver(new StringConcat()), preparing: false };
  Tokenization.resolve({ one: { inside: { another: [{ often: innermost }] } } }, options);
}
