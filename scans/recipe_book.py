"""All recipes and parameters as a page to read (docs/reference/recipes.md)."""

from dataclasses import asdict

from scans.recipe import Parameters, Recipe, read_recipe, recipe_names, schema

HEAD = "| parameter | what it does | unit | default | from | to |\n"
RULE = "| --- | --- | --- | --- | --- | --- |\n"


def as_markdown() -> str:
    """Give every recipe and every parameter, in Markdown."""
    recipes = "\n".join(_recipe(read_recipe(name)) for name in recipe_names())
    rows = "".join(_row(name) for name in asdict(Parameters()))
    return f"## Recipes\n\n{recipes}\n## Parameters\n\n{HEAD}{RULE}{rows}"


def _recipe(recipe: Recipe) -> str:
    usual, own = asdict(Parameters()), asdict(recipe.parameters)
    differs = [f"`{n}` = {own[n]}" for n in own if own[n] != usual[n]]
    values = f" Its own values: {', '.join(differs)}." if differs else ""
    return f"### `{recipe.name}`, version {recipe.version}\n\n{recipe.about}{values}\n"


def _row(name: str) -> str:
    rule, value = schema()[name], asdict(Parameters())[name]
    cells = (f"`{name}`", rule.about, rule.unit, value, rule.least, rule.most)
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"
