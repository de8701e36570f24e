-- Finding and starting the language server.

local M = {}

M.MISSING = "copydesk is not installed, or not on PATH; see :checkhealth copydesk"
M.ENDED = "copydesk has ended by itself; :Copydesk restart starts it"

---How a server ended that nobody had asked to, until one is started again.
---@type { code: integer, signal: integer }?
local ended

---Tell whether a program was not found by way of the folder that Neovim happens to be in, often a workspace.
---@param name string as written
---@param program string as found
---@return boolean
local function chosen(name, program)
  if vim.fs.dirname(name) ~= "." then
    return vim.fn.isabsolutepath(name) == 1
  end
  local separator = vim.fn.has("win32") == 1 and ";" or ":"
  local folder = vim.fs.normalize(vim.fs.dirname(program))
  for entry in vim.gsplit(vim.env.PATH or "", separator, { plain = true }) do
    if vim.fn.isabsolutepath(entry) == 1 and vim.fs.normalize(entry) == folder then
      return true
    end
  end
  return false
end

---Return the command that serves, nil if there is none.
---@return string[]?
function M.command()
  local own = vim.g.copydesk_cmd or "copydesk"
  local command = type(own) == "table" and vim.deepcopy(own) or { own }
  -- Resolved here, because the server starts in another folder.
  local name = vim.fn.expand(command[1])
  command[1] = vim.fn.exepath(name)
  return command[1] ~= "" and chosen(name, command[1]) and command or nil
end

---Return how the server ended, nil unless it did so by itself.
---@return { code: integer, signal: integer }?
function M.ended()
  return ended
end

---Say once that a server has ended, and log how.
---@param code integer
---@param signal integer
local function mourn(code, signal)
  local known = ended ~= nil
  ended = { code = code, signal = signal }
  require("vim.lsp.log").error("copydesk ended by itself", ended)
  if not known then
    vim.schedule(function()
      require("copydesk.message").say(M.ENDED, vim.log.levels.WARN)
    end)
  end
end

---Start a server, and notice when it ends without having been asked to.
---@param command string[]
---@param dispatchers vim.lsp.rpc.Dispatchers
---@param options vim.lsp.rpc.ExtraSpawnParams
---@return vim.lsp.rpc.PublicClient
local function watched(command, dispatchers, options)
  local asked, on_exit = false, dispatchers.on_exit
  local own = vim.tbl_extend("force", dispatchers, {
    on_exit = function(code, signal)
      if asked then
        return on_exit(code, signal)
      end
      mourn(code, signal)
      -- Of any other end Neovim tells too, in a line so long that it stops the writer at "Press ENTER".
      on_exit(0, 0)
    end,
  })
  local rpc = vim.lsp.rpc.start(command, own, options)
  local request, notify, terminate = rpc.request, rpc.notify, rpc.terminate
  function rpc.request(method, ...)
    asked = asked or method == "shutdown"
    return request(method, ...)
  end
  function rpc.notify(method, ...)
    if method == "initialized" then
      ended = nil
    end
    return notify(method, ...)
  end
  function rpc.terminate()
    asked = true
    return terminate()
  end
  return rpc
end

---Return what undoes all variables that Python heeds: it takes empty ones for none.
---@return table<string, string>
local function isolating()
  local changed = {}
  for name in pairs(vim.fn.environ()) do
    if vim.startswith(name:upper(), "PYTHON") then
      changed[name] = ""
    end
  end
  return vim.tbl_extend("force", changed, { PYTHONSAFEPATH = "1" })
end

---Start the server. Where it is missing this fails with a sentence that Neovim shows.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@return vim.lsp.rpc.PublicClient
function M.start(dispatchers)
  local command = M.command()
  if not command then
    -- Said once, not for every document; `:Copydesk restart` tries again.
    vim.schedule(function()
      vim.lsp.enable("copydesk", false)
    end)
    error(M.MISSING, 0)
  end
  table.insert(command, "serve")
  -- Not in the workspace: nothing that lies there may be taken for a part of the program.
  local folder = vim.fn.stdpath("state") --[[@as string]]
  vim.fn.mkdir(folder, "p")
  return watched(command, dispatchers, { cwd = folder, env = isolating() })
end

---Return the client of a buffer.
---@param buffer integer?
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = "copydesk", bufnr = buffer or 0 })[1]
end

---Have the server do something; a refusal is shown in its words, unless `refused` takes it.
---@param client vim.lsp.Client
---@param buffer integer
---@param command string
---@param argument table?
---@param done fun(result: table)?
---@param refused fun()?
function M.execute(client, buffer, command, argument, done, refused)
  local params = { command = command, arguments = { argument or vim.empty_dict() } }
  client:request("workspace/executeCommand", params, function(problem, result)
    if problem and refused then
      refused()
    elseif problem then
      require("copydesk.message").say(problem.message, vim.log.levels.WARN)
    elseif done then
      done(result)
    end
  end, buffer)
end

---Stop the server and start it again, for every document that it serves.
function M.restart()
  ended = nil
  local clients = vim.lsp.get_clients({ name = "copydesk" })
  vim.lsp.enable("copydesk", false)
  local stopped = vim.wait(3000, function()
    return vim.iter(clients):all(function(client)
      return client:is_stopped()
    end)
  end, 20)
  if not stopped then
    vim.lsp.stop_client(clients, true)
  end
  vim.lsp.enable("copydesk")
end

return M
