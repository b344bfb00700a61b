//===- Dialect.cpp - the piuma dialect ----------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Common/VersionedBytecode.h"
#include "Piuma/IR/Piuma.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace smash::piuma;

#include "Piuma/IR/PiumaDialect.cpp.inc"

#include "Piuma/IR/PiumaEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "Piuma/IR/PiumaAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "Piuma/IR/PiumaTypes.cpp.inc"

namespace {
struct PiumaInlinerInterface : public DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void PiumaDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "Piuma/IR/PiumaAttributes.cpp.inc"
      >();
}

void PiumaDialect::initialize() {
  registerAttributes();
  addTypes<
#define GET_TYPEDEF_LIST
#include "Piuma/IR/PiumaTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Piuma/IR/PiumaOps.cpp.inc"
      >();
  addInterfaces<PiumaInlinerInterface, VersionedBytecode<PiumaDialect>>();
}

LogicalResult PiumaDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attr) {
  if (attr.getName() == kTargetAttrName && !isa<TargetAttr>(attr.getValue()))
    return op->emitOpError("attribute '")
           << kTargetAttrName << "' must be a #piuma.target, not "
           << attr.getValue();
  return success();
}

TargetAttr smash::piuma::getTarget(Operation *op) {
  for (Operation *at = op; at; at = at->getParentOp())
    if (auto target = at->getAttrOfType<TargetAttr>(kTargetAttrName))
      return target;
  return {};
}

TargetAttr smash::piuma::requireTarget(ModuleOp module, StringRef argument) {
  TargetAttr target = getTarget(module);
  if (!target)
    module.emitError("module has no '")
        << kTargetAttrName << "': run piuma-set-target before " << argument;
  return target;
}

static llvm::Expected<TargetModel> makeModel(StringAttr name,
                                             DictionaryAttr changes) {
  auto model = TargetModel::byName(name.getValue());
  if (!model || !changes)
    return model;
  for (NamedAttribute change : changes) {
    auto value = dyn_cast<IntegerAttr>(change.getValue());
    if (!value)
      return llvm::createStringError(
          llvm::inconvertibleErrorCode(),
          "target number " + change.getName().strref() + " is not an integer");
    if (llvm::Error error = model->set(change.getName(), value.getInt()))
      return std::move(error);
  }
  if (llvm::Error error = model->check())
    return std::move(error);
  return model;
}

LogicalResult TargetAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringAttr name, DictionaryAttr changes) {
  auto model = makeModel(name, changes);
  if (!model)
    return emitError() << llvm::toString(model.takeError());
  return success();
}

LogicalResult QueueType::verify(function_ref<InFlightDiagnostic()> emitError,
                                Type elementType) {
  if (elementType.isIntOrIndexOrFloat() &&
      (bytesOfElement(elementType) == 4 || bytesOfElement(elementType) == 8))
    return success();
  return emitError() << "queues hold numbers of 4 or 8 bytes, not "
                     << elementType;
}

TargetModel TargetAttr::getModel() {
  // Verified when it was made.
  return llvm::cantFail(makeModel(getName(), getChanges()));
}

TargetAttr TargetAttr::get(MLIRContext *context, const TargetModel &model) {
  Builder b(context);
  // A model from a file is told by what differs from the smallest target.
  auto base = TargetModel::byName(model.name());
  std::string name = model.name();
  if (!base) {
    llvm::consumeError(base.takeError());
    name = TargetModel::names().front().str();
    base = TargetModel::byName(name);
  }
  SmallVector<NamedAttribute> changes;
  for (const ParameterInfo &info : TargetModel::parameters())
    if (model.get(info.parameter) != base->get(info.parameter))
      changes.push_back(b.getNamedAttr(
          info.key, b.getI64IntegerAttr(model.get(info.parameter))));
  return get(context, b.getStringAttr(name),
             changes.empty() ? DictionaryAttr() : b.getDictionaryAttr(changes));
}
