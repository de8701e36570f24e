-- Finding and starting the language server.

local M = {}

M.MISSING = "copydesk is not installed, or not on PATH; see :checkhealth copydesk"

---Return the command that serves, nil if there is none.
---@return string[]?
function M.command()
  local own = vim.g.copydesk_cmd or "copydesk"
  local command = type(own) == "table" and vim.deepcopy(own) or { own }
  -- Resolved here, because the server starts in another folder.
  command[1] = vim.fn.exepath(vim.fn.expand(command[1]))
  if command[1] == "" then
    return nil
  end
  return command
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
  return vim.lsp.rpc.start(command, dispatchers, { cwd = folder })
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
