-- :checkhealth copydesk

local daemon = require("copydesk.daemon")

local M = {}

---@param command string[]
---@param argument string
---@return vim.SystemCompleted
local function asked(command, argument)
  local line = vim.list_extend(vim.deepcopy(command), { argument })
  return vim.system(line, { text = true, timeout = 20000, cwd = vim.fn.stdpath("state") }):wait()
end

---Return what the doctor says: of a running server, with the settings of this editor, or else of the program.
---@param command string[]
---@param client vim.lsp.Client?
---@return string text
---@return boolean sound
local function examined(command, client)
  if client then
    local params = { command = "copydesk.doctor", arguments = { vim.empty_dict() } }
    local answer = client:request_sync("workspace/executeCommand", params, 20000)
    if answer and answer.result then
      return answer.result.text, true
    end
  end
  local report = asked(command, "doctor")
  return report.stdout .. (report.stderr or ""), report.code == 0
end

function M.check()
  vim.health.start("copydesk")
  if vim.fn.has("nvim-0.11") == 0 then
    vim.health.error("Neovim 0.11 or newer is needed")
  end
  local command = daemon.command()
  if not command then
    vim.health.error("the program `copydesk` was not found", {
      "install it: `pipx install '.[embedded,web]'` in a checkout of its repository",
      "or say where it is: vim.g.copydesk_cmd = '/path/to/copydesk'",
      "then `:Copydesk restart`",
    })
    return
  end
  vim.fn.mkdir(vim.fn.stdpath("state") --[[@as string]], "p")
  local version = asked(command, "--version")
  if version.code ~= 0 then
    vim.health.error(("`%s --version` failed: %s"):format(command[1], vim.trim(version.stderr or "")))
    return
  end
  vim.health.ok(("%s, %s"):format(vim.trim(version.stdout), command[1]))
  local clients = vim.lsp.get_clients({ name = "copydesk" })
  local ended = daemon.ended()
  if ended then
    vim.health.error(
      ("the language server has ended by itself (exit code %d, signal %d)"):format(ended.code, ended.signal),
      {
        "`:Copydesk restart` starts it again",
        "what it said last is in " .. require("vim.lsp.log").get_filename(),
      }
    )
  elseif #clients > 0 then
    vim.health.ok("the language server is running")
  else
    vim.health.info("the language server starts with the first document of prose")
  end
  vim.health.start("copydesk: engine and model")
  local text, sound = examined(command, clients[1])
  local say = sound and vim.health.info or vim.health.warn
  say(vim.trim(text))
end

return M
