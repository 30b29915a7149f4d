# Thin names over `qauip` and the tools. On a fresh machine: `make run`, or `make test`.
.PHONY: run test check drill requirements
B := .venv/bin

# The whole product, with a demo city, on http://localhost:8000/ until Ctrl-C.
# Honours PORT, QAUIP_VAR, DATABASE_URL, QAUIP_DEMO_PASSWORD.
run:
	@.ci/install run
	@exec $(B)/qauip dev

# Everything, browser tests included, on throw-away databases, one for each of two processes; a file stays whole, and
# the files come in their order: by the number of their tests the few slow ones would come last.
# The last line is pytest's.
test: check
	@$(B)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# The linters only.
check:
	@.ci/install test
	@$(B)/ruff check
	@$(B)/ruff format --check
	@$(B)/mypy
	@$(B)/lint-imports --no-logo

# Real kills, cut bodies and floods against a city of their own; each prints its figures and fails when one is wrong.
drill:
	@.ci/install test
	@for each in bodies flood kills notices clocks; do $(B)/python -m tests.drill.$$each || exit 1; done

# After a change of the dependencies in pyproject.toml. Needs uv.
requirements:
	uv pip compile --quiet --upgrade --generate-hashes --no-strip-extras --no-emit-index-url --universal --python-version 3.11 \
		--extra dev pyproject.toml -o requirements.txt
