/** Of a table that the runtime's store keeps its items in (runtime/store/dynamodb-store.ts): a partition and a sort key, both texts */
export function storeTable() {
  return {
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attribute: [
      { name: "pk", type: "S" },
      { name: "sk", type: "S" },
    ],
  };
}
