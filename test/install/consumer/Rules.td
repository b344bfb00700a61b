// A rewrite rule about an op of smash: a product's strategy is left open.
include "Smash/IR/SmashOps.td"
include "mlir/IR/PatternBase.td"

def : Pat<(Smash_TransposeOp (Smash_TransposeOp $a)), (replaceWithValue $a)>;
