"""A Gradio page that does nothing about the components which a handler leaves as they are."""

from copy import copy
from typing import Any

import gradio as gr


class SparingBlocks(gr.Blocks):
    """For handlers that return ``{component: value}``.

    Gradio makes each output that such a dictionary leaves out anew, 0.5 ms apiece of some forty, to send
    "no change" all the same.
    """

    async def postprocess_data(self, block_fn: Any, predictions: list[Any] | dict[Any, Any], state: Any) -> list[Any]:
        """One value for each output, in their order: Gradio works on those that are set, the others are skipped."""
        if not isinstance(predictions, dict):
            return await super().postprocess_data(block_fn, predictions, state)
        untouched = gr.skip()
        changed = {part: value for part, value in predictions.items() if value != untouched}
        function = copy(block_fn)
        function.outputs = [part for part in block_fn.outputs if part in changed]
        if len(function.outputs) < len(changed):  # something is no output: Gradio says which
            function = block_fn
        made = iter(await super().postprocess_data(function, changed, state) if changed else ())
        return [next(made) if part in function.outputs else untouched for part in block_fn.outputs]
