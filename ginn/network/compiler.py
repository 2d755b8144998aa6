"""Compile generated LLVM code for a processor.

`llvmlite` brings LLVM for Linux, macOS and Windows. The code is made for the processor that runs
it, or for another one of the same kind whose name is given, such as "haswell".
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import llvmlite.binding as llvm
import llvmlite.ir as ir

from ginn.errors import AuthorError

SPEED = 3  # LLVM's optimisation level
# A feature to switch off: with it, LLVM halves 512-bit vectors on some processors.
WHOLE_VECTORS = "-prefer-256-bit"


@dataclass(frozen=True)
class Processor:
    """What the code may use: LLVM's name of the processor, its features, and its vectors.

    `lanes` is the number of float32 in a vector register, `registers` the number of such registers.
    """

    name: str
    features: str
    lanes: int
    registers: int


def processor(name: str = "") -> Processor:
    """The processor of that LLVM name, of the environment's GINN_CPU, or else this machine's.

    Raises AuthorError where the processor has no fused multiply-add: the result would have other
    bits, or would take a hundred times as long.
    """
    found = processor_of_any_kind(name)
    flat, name = found.features, found.name
    features = _features_of(name) if not flat else dict(llvm.get_host_cpu_features())
    if llvm.get_default_triple().startswith(("aarch64", "arm64")):
        # Every 64-bit ARM processor has NEON with fused multiply-add: 32 registers of 4 float32.
        return Processor(name, flat, 4, 32)
    if features.get("avx512f"):
        return Processor(name, f"{flat},{WHOLE_VECTORS}".lstrip(","), 16, 32)
    if features.get("avx2") and features.get("fma"):
        return Processor(name, flat, 8, 16)
    raise AuthorError(
        f"the processor {name} without fused multiply-add",
        "x86-64 with AVX2 and FMA, or 64-bit ARM",
        "train with --trainer torch, which takes some hundred times as long",
    )


def processor_of_any_kind(name: str = "") -> Processor:
    """The processor as in `processor`, but also one without fused multiply-add.

    Its vectors are not looked up: `lanes` and `registers` are 0.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # For tests and benchmarks. It changes the code, and never its result.
    name = name or os.environ.get("GINN_CPU", "")
    if name:
        return Processor(name, "", 0, 0)
    return Processor(llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(), 0, 0)


def _features_of(name: str) -> dict[str, bool]:
    """Which vector features LLVM uses for a processor, read off the code that it makes there."""
    found = {}
    for feature, lanes, register in (("avx512f", 16, "zmm"), ("avx2", 8, "ymm")):
        module = ir.Module()
        vector = ir.VectorType(ir.FloatType(), lanes)
        kind = ir.FunctionType(vector, [vector] * 3)
        fma = ir.Function(module, kind, f"llvm.fma.v{lanes}f32")
        probe = ir.Function(module, kind, "probe")
        builder = ir.IRBuilder(probe.append_basic_block())
        builder.ret(builder.call(fma, probe.args))
        assembly = _machine(Processor(name, WHOLE_VECTORS, lanes, 0), jit=False).emit_assembly(
            llvm.parse_assembly(str(module))
        )
        found[feature] = any(
            "vfmadd" in line and register in line for line in assembly.splitlines()
        )
    return found | {"fma": found["avx2"]}


def _machine(wanted: Processor, triple: str = "", jit: bool = True) -> llvm.TargetMachine:
    target = llvm.Target.from_triple(triple or llvm.get_default_triple())
    return target.create_target_machine(
        cpu=wanted.name, features=wanted.features, opt=SPEED, jit=jit
    )


@dataclass(frozen=True)
class Compiled:
    """Functions of a compiled module. `engine` owns their memory; `assembly()` is their code."""

    functions: Mapping[str, Callable[..., None]]
    assembly: Callable[[], str]
    engine: llvm.ExecutionEngine


def compile_module(
    module: ir.Module,
    wanted: Processor,
    signatures: Mapping[str, Sequence[type]],
    speed: int = SPEED,
) -> Compiled:
    """The functions of a module, ready to be called. They release the interpreter's lock.

    `signatures` has the ctypes of each function's arguments.
    """
    source = str(module)
    parsed, machine = _optimised(source, wanted, speed)
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    functions = {
        name: ctypes.CFUNCTYPE(None, *arguments)(engine.get_function_address(name))
        for name, arguments in signatures.items()
    }

    def assembly() -> str:
        # From the source again, since the engine has changed its module.
        again, printer = _optimised(source, wanted, speed)
        return str(printer.emit_assembly(again))

    return Compiled(functions, assembly, engine)


def _optimised(
    source: str, wanted: Processor, speed: int
) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    """The module after LLVM's standard passes, and the processor's code generator.

    The passes keep loops: unrolled sums would not fit the registers.
    """
    parsed = llvm.parse_assembly(source)
    parsed.verify()
    machine = _machine(wanted)
    options = llvm.create_pipeline_tuning_options(speed_level=speed)
    options.loop_unrolling = False
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(parsed, passes)
    return parsed, machine
