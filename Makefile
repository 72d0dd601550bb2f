# 定分 Dingfen. `make` lists what can be done; `make run` and `make test` need only Python >= 3.11 and make.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help: ## 列出所有命令
	@awk -F ':.*## ' '/^[a-zA-Z_%<>-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## 准备运行环境，不启动任何东西

$(READY): requirements.lock requirements.boot.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "需要 Python 3.11 或更新版本：请先安装，或用 make PYTHON=/path/to/python3.11 指明。"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "这个 Python 缺少 venv：请先安装它（Debian/Ubuntu：apt install python3-venv）。"; exit 1; }
	@echo "正在准备运行环境（首次约需半分钟）……"
	@test -x .boot/bin/uv && .boot/bin/python -c '' 2>/dev/null || { rm -rf .boot; $(PYTHON) -m venv .boot; }
	@.boot/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.boot.lock \
	  || { echo "下载依赖失败：请检查网络或 pip 的镜像设置，然后再试一次。"; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -c '' 2>/dev/null || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV); }
	@export VIRTUAL_ENV="$(CURDIR)/$(VENV)"; \
	  .boot/bin/uv pip sync -q --compile-bytecode --require-hashes requirements.lock \
	  && .boot/bin/uv pip install -q --no-deps --no-build-isolation -e . \
	  || { echo "安装依赖失败：请检查网络或 pip 的镜像设置，然后再试一次。"; exit 1; }
	@touch $@

run: $(READY) ## 启动全部服务；首次启动载入五份报告的示例（PORT=8001 换端口）
	@exec $(BIN)/dingfen up --port $(PORT)

up: run ## 同 make run

run-%: $(READY) ## 单独启动一个服务，例如 make run-mediation
	@exec $(BIN)/dingfen serve $* --port $(PORT)

# Three workers on two cores: a sixth of the time a test waits for another process.
test: $(READY) ## 运行全部测试（真实的 PostgreSQL 与 NATS）
	@$(BIN)/python -m compileall -q services shared
	@$(BIN)/pytest -n 3 --dist loadgroup

check: fmt-check types imports ## 风格、类型、依赖方向、架构规则
	@$(BIN)/pytest -q tests/architecture

fmt: $(READY) ## 整理代码格式
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

fmt-check: $(READY)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(READY) ## 类型检查（mypy --strict）
	@$(BIN)/mypy

imports: $(READY) ## 依赖方向（import-linter）
	@$(BIN)/lint-imports --no-cache

bench: $(READY) ## 测量并以 JSON 输出中位数（数分钟）
	@$(BIN)/python -m tests.bench

demo-data: $(READY) ## 向运行中的系统载入示例
	@$(BIN)/dingfen sample seeds

lock: $(READY) ## 重新锁定依赖
	@.boot/bin/uv pip compile -q pyproject.toml --group dev --universal --generate-hashes --no-header --python-version 3.11 -o requirements.lock
	@.boot/bin/uv pip compile -q requirements.boot.in --universal --generate-hashes --no-header --python-version 3.11 -o requirements.boot.lock

clean: ## 删除运行环境与缓存（数据 var/ 保留）
	rm -rf $(VENV) .boot build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup run up test check fmt fmt-check types imports bench demo-data lock clean
