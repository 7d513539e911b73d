import "./cyclic/tools";
