"""Names that the generated files use themselves, as frozen data."""

__all__ = [
    "ARGUMENTS",
    "BUILTINS",
    "CLASSES",
    "CONTEXT_MEMBERS",
    "MODULES",
    "MODULE_MEMBERS",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLASSES = _words("""
    Any Function FunctionCtx Module Parameter Tensor
    BaseException Exception RuntimeError TypeError ValueError
""")

# Files of a component, what they import, and the names in the generated tests.
MODULES = _words("""
    F benchmark build case conftest copy csrc device dtype functional gradcheck gradgradcheck
    gradients inputs layer layergen layers loss math nn op parameter pickle profile
    pytest reference test tests torch typing
""")

# Functions of Python that generated code calls: one of the same name would stand before it.
BUILTINS = _words("""
    abs all any bool dict enumerate filter float format getattr hasattr input int isinstance
    iter len list map max min next object open pow print property range repr reversed round set
    sorted staticmethod str sum super tuple type vars zip
""")

ARGUMENTS = _words("""
    Any F Function FunctionCtx Tensor bool case cls ctx device dtype factory_kwargs float grad_out
    function grad_output int isinstance layer len math nn range reference self str super torch
    tuple vjp
    RuntimeError TypeError ValueError
""")

# dir(torch.nn.Module()), without private names: setting one breaks the module.
MODULE_MEMBERS = _words("""
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    reset_parameters set_extra_state set_submodule share_memory state_dict to to_empty train
    training type xpu zero_grad
""")

# Attributes of an autograd.Function's context, which scalar arguments are stored on.
CONTEXT_MEMBERS = _words("""
    apply apply_boxed apply_jvp backward dirty_tensors generate_vmap_rule jvp mark_dirty mark_non_differentiable
    mark_shared_storage materialize_grads maybe_clear_saved_tensors metadata name
    needs_input_grad next_functions non_differentiable register_hook register_prehook
    requires_grad save_for_backward save_for_forward saved_for_forward saved_tensors
    saved_variables set_materialize_grads setup_context to_save vjp vmap
""")
